import { isLang } from '../../core/text/lang.ts'
import { parseOwnLink, type OwnLink } from '../../core/evidence/own-results/own-link.ts'
import { orUndefined } from '../../core/model/errors.ts'
import { OwnResultsTool } from './tool.ts'

/** The link that the address brought. It is taken out of the address at once: no later page or picture shows it. */
const brought = location.hash
if (brought.startsWith('#1.')) history.replaceState(null, '', location.pathname)

const linkOf = (text: string): OwnLink | undefined =>
  orUndefined(() => parseOwnLink(text.slice(text.indexOf('#') + 1).trim()))

function openPage(): void {
  for (const place of document.querySelectorAll<HTMLElement>('[data-mine]')) {
    const lang = place.dataset['mine'] ?? ''
    if (isLang(lang)) new OwnResultsTool(place, lang, linkOf).open(brought.startsWith('#1.') ? brought : undefined)
  }
}

if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', openPage)
else openPage()
