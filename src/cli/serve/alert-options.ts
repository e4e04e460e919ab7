import type { AlertSettings } from '../../app/observatory/alerts.ts'
import { defined } from '../../core/model/defined.ts'
import { wrongOption } from '../../core/model/errors.ts'
import { readWebhookAddress } from '../../runtime/post/webhook.ts'
import { flag, under, optional, repeatable, type OptionValues } from '../terminal/option.ts'
import { filePath } from '../terminal/shared-options.ts'

const MOST_RECEIVERS = 20

/** Options of `kuager serve` about alerts. */
export const ALERT_OPTIONS = under('Others get every new revision of an incident (docs/formats/feeds.md)', {
  webhook: repeatable(
    'URL',
    `https address that each revision is posted to, or http on this machine. A post that was
    not accepted is tried again for three days, also after a restart.`,
  ),
  'webhook-secret': optional('FILE', 'Secret of at least 16 characters that the posts are signed with.', {
    read: filePath,
  }),
  'webhook-private': flag('Webhooks may lead to addresses of private networks.'),
})

/** What the options say. Throws InputError; an address is never repeated, since its path may be a secret. */
export function alertSettings(values: OptionValues<typeof ALERT_OPTIONS>): AlertSettings {
  const receivers = values.webhook.map((text) => readWebhookAddress(text, values['webhook-private']))
  const secretFile = values['webhook-secret']
  if (receivers.length > MOST_RECEIVERS)
    throw wrongOption('webhook', `found ${receivers.length}`, `at most ${MOST_RECEIVERS}`)
  if (new Set(receivers.map(({ url }) => url.href)).size < receivers.length)
    throw wrongOption('webhook', 'one is given twice', 'each receiver once')
  if (receivers.length > 0 && secretFile === undefined)
    throw wrongOption('webhook-secret', 'it is missing', 'a file with the secret that posts are signed with')
  return { receivers, ...defined({ secretFile }) }
}
