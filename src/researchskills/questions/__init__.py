"""From a worry to a researchable question.

- `kinds`: what a question asks for
- `frames`: what it should name
"""
