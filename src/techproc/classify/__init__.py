"""Classification: call numbers read, sorted and built; class numbers suggested with evidence.

The modules are imported one by one, because most work needs one of them: `callnumber` (parts and
shelving keys), `cutter`, `shelving` (call numbers fitted into the shelf-list), `suggest`.
"""

__all__: list[str] = []
