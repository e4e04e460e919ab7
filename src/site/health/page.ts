import { html } from 'hono/html'
import type { HealthReason } from '../../core/model/health.ts'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { urls } from '../urls.ts'
import type { Page } from '../parts/layout.ts'
import { points, titled } from '../../web/html/prose.ts'

/** Whether the server is in full service, and if not, why. It names no disk, no folder and no sender. */
export function healthPage(lang: Lang, reasons: readonly HealthReason[]): Page {
  const title = say(lang, 'health.title')
  return {
    lang,
    title: `${title} · Kuager`,
    simulated: false,
    inLang: (other) => urls.healthPage(other),
    body: () =>
      html`${titled(title, say(lang, reasons.length === 0 ? 'health.ok' : 'health.degraded'))}
        <div class="prose">
          ${points(
            lang,
            reasons.map((reason) => `health.reason.${reason}` as const),
          )}
          <p class="q">${say(lang, 'health.programs', { address: urls.health() })}</p>
        </div>`,
  }
}
