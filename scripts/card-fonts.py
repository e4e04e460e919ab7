# Cuts the fonts of share cards from the fonts of the site, with fontTools 4: the same bytes each time.
# Run from the top of the repository: python3 scripts/card-fonts.py
from fontTools import merge, ttLib
from fontTools.varLib import instancer
FROM, TO = 'src/site/assets/fonts', 'src/site/cards/fonts'
for weight, style in ((400, 'Regular'), (650, 'SemiBold')):
    parts = []
    for script in ('latin', 'cyrillic', 'kazakh'):
        font = ttLib.TTFont(f'{FROM}/kuager-{script}.woff2')
        font.flavor = None
        font = instancer.instantiateVariableFont(font, {'wght': weight})
        for tag in ('GPOS', 'GSUB', 'GDEF', 'STAT', 'prep', 'gasp', 'MVAR', 'HVAR'):
            if tag in font: del font[tag]
        parts.append(f'/tmp/{script}-{weight}.ttf')
        font.save(parts[-1])
    font = merge.Merger().merge(parts)
    for n in list(font['name'].names):
        if n.nameID not in (0, 5, 7, 13, 14): font['name'].names.remove(n)
    for i, text in ((1, 'Kuager Sans'), (2, style), (4, f'Kuager Sans {style}'), (6, f'KuagerSans-{style}')):
        font['name'].setName(text, i, 3, 1, 0x409)
    font['OS/2'].usWeightClass = weight
    font['head'].created = font['head'].modified = 0
    font.recalcTimestamp = False
    font.save(f'{TO}/kuager-{weight}.ttf')
