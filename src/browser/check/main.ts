import { isLang } from '../../core/text/lang.ts'
import { watchRedirects } from './ask.ts'
import { knownPlan } from './plan.ts'
import { CheckTool } from './tool.ts'
import { sayFrom, type CheckWords } from './words.ts'

// One classic script without imports once it is bundled (app/web/browser-script.ts): the check of a connection that a
// reader starts on the page "Is it only me?". Before the click it sends no request; it stores nothing at any time.

function open(place: HTMLElement): void {
  const { words } = place.dataset
  const { lang } = document.documentElement
  const known = knownPlan(document)
  if (known === undefined || words === undefined || !isLang(lang)) return
  // Through Tor the way of Tor would be checked, not that of the reader's network.
  const name = location.hostname.endsWith('.onion') ? 'onion' : 'tool'
  const template = place.querySelector<HTMLTemplateElement>(`template[data-part="${name}"]`)
  if (template === null) return
  const tool = document.createElement('div')
  tool.className = 'tool'
  tool.append(template.content.cloneNode(true))
  place.append(tool)
  if (name === 'onion') return
  watchRedirects()
  // Written by the server that this script comes from.
  const say = sayFrom(JSON.parse(words) as CheckWords)
  new CheckTool(tool, { known, say, lang })
}

for (const place of document.querySelectorAll<HTMLElement>('[data-check]')) open(place)
