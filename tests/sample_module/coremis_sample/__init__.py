"""Meeting places: where families come together, entered by officers and closed with a second person's agreement.

A sample of a module that others can add: installed by its entry point, on only where the configuration names it.
"""
