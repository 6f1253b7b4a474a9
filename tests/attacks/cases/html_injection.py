"""Shows HTML, script and markdown that would act in a feedback page."""

SQUARE = r"""
from IPython.display import HTML, Markdown, display
display(HTML("<script>fetch('/formgrader')</script>"), Markdown("[x](javascript:alert(1))"))
raise ValueError("<img src=x onerror=alert(1)>")
"""
