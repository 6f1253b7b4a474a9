"""Registers an AST transformer that removes assertions."""

SQUARE = r"""
import ast
class Remove(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.Pass()
get_ipython().ast_transformers.append(Remove())
def square(x):
    return 0
"""
