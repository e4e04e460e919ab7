import { isLang } from '../../core/text/lang.ts'
import { Checker } from './checker.ts'
import { mountChecker, takeDrops } from './form.ts'
import { serveWorker, type OwnScript } from './run.ts'

// One classic script without imports once it is bundled (app/web/browser-script.ts), so that it runs from a server
// and from a file on a disk alike: it shows the check on a page, and makes it in a worker. It sends no request.

/** Before anything waits: afterwards it is not known which script this is. */
const own = typeof document === 'undefined' ? undefined : ownScript(document.currentScript)

function ownScript(script: HTMLOrSVGScriptElement | null): OwnScript {
  if (script instanceof HTMLScriptElement && script.src !== '') return { kind: 'address', address: script.src }
  return { kind: 'text', text: script?.textContent ?? '' }
}

function openPage(script: OwnScript): void {
  const checker = new Checker(script)
  for (const place of document.querySelectorAll<HTMLElement>('[data-verify]')) {
    const lang = place.dataset['verify'] ?? ''
    if (isLang(lang)) mountChecker(place, lang, checker)
  }
  takeDrops(checker)
}

if (own === undefined) serveWorker(self)
else if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', () => openPage(own))
else openPage(own)
