import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { urls } from '../urls.ts'

/** Pictures of the app, by the last part of their address. */
export const APP_ICONS = {
  '192.png': { size: 192, purpose: 'any' },
  '512.png': { size: 512, purpose: 'any' },
  'maskable-512.png': { size: 512, purpose: 'maskable' },
} as const
export type AppIcon = keyof typeof APP_ICONS

/** Of a maskable icon the middle four fifths are seen on every device: https://www.w3.org/TR/appmanifest/#icon-masks. */
const EDGE = 5.5
const SIDE = 22

/** The drawing of an icon, made from that of the site, which is a square of 22. */
export function appIconDrawing(icon: string, name: AppIcon): string {
  const { size, purpose } = APP_ICONS[name]
  const inner = icon.slice(icon.indexOf('>', icon.indexOf('<svg')) + 1, icon.lastIndexOf('</svg>'))
  const edge = purpose === 'maskable' ? EDGE : 0
  const whole = SIDE + 2 * edge
  const paper = `<rect x="${-edge}" y="${-edge}" width="${whole}" height="${whole}" fill="#fff"/>`
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="${-edge} ${-edge} ${whole} ${whole}">${paper}${inner}</svg>`
}

/** What a manifest is made of. */
export interface AppOf {
  readonly simulated: boolean
  /** Tag of the files of the site. */
  readonly assets: string
  /** Whether pictures can be drawn: without the renderer there is only the drawing. */
  readonly hasPictures: boolean
}

/** The site as an app that a phone can install, in one language: https://www.w3.org/TR/appmanifest/. */
export function appManifest(lang: Lang, { simulated, assets, hasPictures }: AppOf): object {
  const shortcut = (name: string, url: string): object => ({ name, url })
  return {
    id: '/',
    name: simulated ? `Kuager (${say(lang, 'page.simulated-tag')})` : 'Kuager',
    short_name: 'Kuager',
    description: say(lang, 'page.description'),
    lang,
    dir: 'ltr',
    // The same for everybody: no network and no page that was read.
    start_url: urls.first(lang),
    scope: '/',
    display: 'minimal-ui',
    background_color: '#ffffff',
    theme_color: '#ffffff',
    icons: [
      ...(hasPictures
        ? Object.entries(APP_ICONS).map(([name, { size, purpose }]) => ({
            src: urls.appIcon(name),
            sizes: `${size}x${size}`,
            type: 'image/png',
            purpose,
          }))
        : []),
      { src: urls.asset('icon.svg', assets), sizes: 'any', type: 'image/svg+xml', purpose: 'any' },
    ],
    shortcuts: [
      shortcut(say(lang, 'board.only-me'), urls.check(lang)),
      shortcut(say(lang, 'board.report'), urls.report(lang)),
    ],
  }
}
