import type { SiteKey } from '../site-keys.ts'

export const site = {
  'menu.menu': 'Menu',
  'menu.all': 'All sections',
  'menu.incidents': 'Incidents',
  'menu.chronicle': 'Chronicle',
  'menu.claims': 'Statements',
  'menu.orders': 'Legal acts',
  'menu.coincidence': 'Timing of events',
  'menu.if-it-continues': 'If restrictions go on',
  'menu.corrections': 'Corrections',
  'menu.method': 'Method',
  'menu.data': 'Data',
  'menu.verify': 'Verify',
  'menu.probe': 'Run a probe',
  'menu.safety': 'Safety',
  'menu.mirrors': 'Mirrors',
  'menu.about': 'About us',
  'frame.elsewhere': 'If this site stops opening',
  'frame.onion': 'Onion address',
  'frame.copy-made': 'Copy made: {at}.',
  'frame.copy-live': 'Fresh data: {address}',
} satisfies Record<SiteKey, string>
