"""How well metrics agree with human judgement of the same outputs."""
