import { encodeBase64 } from '../../core/evidence/base64.ts'
import type { Asset } from '../../web/html/asset.ts'

/** Rules of the fonts of a style sheet, the fonts within them: for a page that has nothing next to it. */
export const fontFaces = (css: string, assets: readonly Asset[]): string =>
  [...css.matchAll(/@font-face\s*\{([^}]*)\}/g)]
    .map(([, body = '']) =>
      body.replace(/url\('([^'?]+)[^']*'\)/, (_, path: string) => {
        const font = assets.find((asset) => asset.path === path)
        return font === undefined ? 'local("-")' : `url(data:font/woff2;base64,${encodeBase64(font.bytes)})`
      }),
    )
    .map((body) => `@font-face{${body.replaceAll(/\s+/g, ' ').trim()}}`)
    .join('')
