#!/bin/sh
# Draws the PNG icons from the two SVGs (needs ImageMagick). The PNGs are kept, so no build needs this.
set -eu
cd "$(dirname "$0")/../../../public"

draw() { # source, pixels, target
  convert -background none -density 1200 "$1" -resize "$2x$2" -strip -depth 8 -colors 128 -define png:compression-level=9 "icons/$3"
}

draw favicon.svg 192 icon-192.png
draw favicon.svg 512 icon-512.png
draw icons/maskable.svg 512 maskable-512.png
draw icons/maskable.svg 180 apple-touch-icon.png
