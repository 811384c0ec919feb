"""The mathematics of explanations: numpy and the standard library only.

Runs natively and, unchanged, in the browser's Pyodide. A method is a generator (``methods/``) that
asks for values of coalitions or predictions (``requests``) and is driven by ``drive``; it never
calls a model itself.
"""
