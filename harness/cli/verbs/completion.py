"""`completion`: a script that teaches a shell the verbs, groups, runs and tags."""

from __future__ import annotations

import argparse

EXAMPLES = """\
to complete in every new shell (for `harness`, not for `python -m harness`):
  bash   harness completion bash >> ~/.bashrc
  zsh    harness completion zsh >> ~/.zshrc
  fish   harness completion fish > ~/.config/fish/completions/harness.fish
"""

# Bash cuts words at = and :, so the line itself is split; of a candidate only what stands behind the last of
# them is inserted.
BASH = """\
_harness() {
    local line=${COMP_LINE:0:COMP_POINT} words candidate
    read -ra words <<<"$line"
    [[ $line == *[[:space:]] ]] && words+=("")
    local current=${words[${#words[@]}-1]} IFS=$'\\n'
    local cut=${current%"${current##*[=:]}"}
    [[ $COMP_WORDBREAKS == *=* ]] || cut=""
    COMPREPLY=()
    for candidate in $("${words[0]}" completion --words "${words[@]:1}" 2>/dev/null); do
        COMPREPLY+=("${candidate#"$cut"}")
    done
    if [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *= ]]; then compopt -o nospace 2>/dev/null; fi
}
complete -o default -F _harness harness
"""

ZSH = """\
_harness() {
    local -a found
    found=("${(@f)$("${words[1]}" completion --words "${(@)words[2,CURRENT]}" 2>/dev/null)}")
    found=(${found:#})
    if (( ! $#found )); then _files; return; fi
    compadd -S '' -- ${(M)found:#*=}
    compadd -- ${found:#*=}
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
compdef _harness harness
"""

FISH = """\
function __harness_words
    harness completion --words (commandline -opc)[2..-1] (commandline -ct | string collect -a) 2>/dev/null
end
complete -c harness -a '(__harness_words)'
"""

SCRIPTS = {"bash": BASH, "zsh": ZSH, "fish": FISH}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EXAMPLES
    parser.add_argument("shell", nargs="?", choices=tuple(SCRIPTS), help="the shell whose script is printed")
    # What the scripts ask: the words behind `harness`, the last one up to the cursor.
    parser.add_argument("--words", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)


def main(args: argparse.Namespace) -> int:
    from harness.cli.completing import candidates
    from harness.errors import ConfigError

    if args.words is not None:
        for word in candidates(args.words):
            print(word)
        return 0
    if args.shell is None:
        raise ConfigError(f"completion needs a shell: {', '.join(SCRIPTS)}")
    print(SCRIPTS[args.shell], end="")
    return 0
