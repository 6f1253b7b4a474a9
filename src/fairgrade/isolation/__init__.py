"""Running what students wrote: in a sandboxed process that answers questions about its values, and nothing else."""

from fairgrade.isolation.remote.expose import expose

__all__ = ["expose"]
