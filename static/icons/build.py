"""Make the icon sprite from Lucide's SVG files: only the icons named in icons.txt.

    npm pack lucide-static@1.62.0 && tar xzf lucide-static-1.62.0.tgz
    python static/icons/build.py package

Lucide is published under the ISC licence; its text stands beside the sprite.
"""

import re
import shutil
import sys
from pathlib import Path

here = Path(__file__).resolve().parent
package = Path(sys.argv[1])
version = re.search(r'"version": *"([^"]+)"', (package / "package.json").read_text()).group(1)
symbols = []
for name in sorted(set((here / "icons.txt").read_text().split())):
    drawing = (package / "icons" / f"{name}.svg").read_text()
    shapes = re.search(r"<svg.*?>(.*)</svg>", drawing, re.DOTALL).group(1)
    symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{re.sub(chr(92) + "s*" + chr(10) + chr(92) + "s*", "", shapes)}</symbol>')
sprite = here / f"lucide-{version}.svg"
sprite.write_text('<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n")
shutil.copy(package / "LICENSE", here / f"lucide-{version}.LICENSE")
print(f"{len(symbols)} icons in {sprite.name}")
