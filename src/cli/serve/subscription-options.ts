import { resolve } from 'node:path'
import type { SubscriptionSettings } from '../../app/observatory/subscriptions.ts'
import type { World } from '../../runtime/world.ts'
import { optional, under, type OptionValues } from '../terminal/option.ts'
import { filePath } from '../terminal/shared-options.ts'

/** Options of `kuager serve` about mails and posts. */
export const SUBSCRIPTION_OPTIONS = under('Readers get mails, channels get posts (docs/operating/subscriptions.md)', {
  secrets: optional(
    'DIR',
    `Folder of secrets, outside the data folder: mail.json (mail server and sender), channels.json (Telegram and
    Mastodon, with tokens), and the key of subscribers, which is made there. Without it: nothing is sent, and the form
    says so.`,
    { read: filePath, byDefault: 'KUAGER_SECRETS' },
  ),
})

/** What the options and the environment say; nothing where no folder of secrets is named. */
export function subscriptionSettings(
  { secrets }: OptionValues<typeof SUBSCRIPTION_OPTIONS>,
  world: Pick<World, 'env' | 'cwd'>,
): { readonly subscriptions?: SubscriptionSettings } {
  const named = world.env['KUAGER_SECRETS'] ?? ''
  const folder = secrets ?? (named === '' ? undefined : resolve(world.cwd, named))
  return folder === undefined ? {} : { subscriptions: { kind: 'secrets', folder } }
}
