/**
 * Rules of the site's style sheet for charts, with their values written out: a picture file knows no style sheet, and
 * programs that open it know no variables. The values are those of paper and daylight.
 */
export function chartStyle(css: string): string {
  const plain = css.replaceAll(/\/\*[\s\S]*?\*\//g, '')
  const values = valuesOf(/:root\s*\{([^}]*)\}/.exec(plain)?.[1] ?? '')
  return topRules(plain)
    .filter(({ selector }) => /^\.(?:chart|ex|z-[a-z]+)\b/.test(selector) && !/[:[](?:root|hover|focus)/.test(selector))
    .map(({ selector, body }) => `${selector}{${written(body, values)}}`)
    .join('')
}

/** Variables of a rule, `--name: value;` each. */
function valuesOf(rule: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  for (const declaration of rule.split(';')) {
    const colon = declaration.indexOf(':')
    const name = declaration.slice(0, Math.max(0, colon)).trim()
    if (name.startsWith('--')) values.set(name, declaration.slice(colon + 1).trim())
  }
  return values
}

const written = (body: string, values: ReadonlyMap<string, string>): string =>
  body
    .replaceAll(/var\((--[\w-]+)\)/g, (whole, name: string) => values.get(name) ?? whole)
    // The renderer of pictures knows hundreds only, and draws any other weight with the regular face.
    .replaceAll(/(font-weight:\s*[1-9])\d\d\b/g, '$100')
    .replaceAll(/\s+/g, ' ')
    .trim()

/** Rules that hold in every window: those inside of `@media` and the like are left out. */
function topRules(css: string): readonly { readonly selector: string; readonly body: string }[] {
  const rules: { selector: string; body: string }[] = []
  let [depth, start] = [0, 0]
  let head = ''
  for (let i = 0; i < css.length; i++) {
    if (css[i] === '{') {
      if (depth === 0) {
        head = css.slice(start, i).trim()
        start = i + 1
      }
      depth++
    } else if (css[i] === '}') {
      depth--
      if (depth === 0) {
        if (!head.startsWith('@')) rules.push({ selector: head.replaceAll(/\s+/g, ' '), body: css.slice(start, i) })
        start = i + 1
      }
    }
  }
  return rules
}
