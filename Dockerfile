# docs/ci.md has an example. Build arguments: PYTHON (3.11 to 3.13), EXTRAS (of pyproject.toml, by commas), and TORCH_INDEX,
# the address of PyTorch's wheels for a CPU or for a CUDA version; without it the package index's default build is taken.
ARG PYTHON=3.12
FROM python:${PYTHON}-slim

ARG TORCH_INDEX=""
ARG EXTRAS=""

# The first layer changes only with the pinned versions: PyTorch is not installed again for each change of the code.
WORKDIR /opt/mt-harness
COPY constraints.txt ./
RUN pip install --no-cache-dir ${TORCH_INDEX:+--index-url "$TORCH_INDEX"} "$(grep '^torch==' constraints.txt)"

COPY pyproject.toml README.md LICENSE ./
COPY harness harness
COPY conf conf
COPY seeds seeds
RUN pip install --no-cache-dir -c constraints.txt ".${EXTRAS:+[${EXTRAS}]}"

# No root, and caches in a place that a volume can keep.
RUN useradd --create-home --uid 1000 harness
USER harness
ENV HF_HOME=/home/harness/.cache/huggingface
WORKDIR /data
ENTRYPOINT ["harness"]
CMD ["--help"]
