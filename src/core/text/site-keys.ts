import type { PlainPage } from './plain-pages.ts'

/** Keys of what surrounds every page: menu, mirrors, age of a copy. */
export type SiteKey =
  | 'menu.menu'
  | 'menu.all'
  | `menu.${PlainPage}`
  | 'frame.elsewhere'
  | 'frame.onion'
  | 'frame.copy-made'
  | 'frame.copy-live'
