import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseAsn, parseInstant } from '../../core/model/units.ts'
import { loadTables } from '../../runtime/tables/tables.ts'
import { readDay } from './dates.ts'
import { makeFinder, readAsn } from './find.ts'
import { latin } from './letters.ts'

const { services } = loadTables()
const NETWORKS = [
  { asn: parseAsn(9198), name: 'JSC Kazakhtelecom' },
  { asn: parseAsn(21299), name: 'Kar-Tel LLC' },
  { asn: parseAsn(29355), name: 'Kcell JSC' },
]
const finder = makeFinder({ services, networkName: () => undefined }, NETWORKS)
const first = (typed: string): string | undefined => {
  const [found] = finder.find(typed)
  return found === undefined
    ? undefined
    : found.kind === 'service'
      ? found.service
      : found.kind === 'network'
        ? `AS${found.asn}`
        : found.kind === 'region'
          ? found.region
          : found.page
}

describe('a search', () => {
  it('finds services in three scripts, as people call them, and misspelt', () => {
    for (const [typed, service] of [
      ['Telegram', 'telegram'],
      ['телеграм', 'telegram'],
      ['Телеграмм', 'telegram'],
      ['telegarm', 'telegram'],
      ['tele', 'telegram'],
      ['ютуб', 'youtube'],
      ['youtub', 'youtube'],
      ['ЮТЮБ', 'youtube'],
      ['инстаграм', 'instagram'],
      ['фейсбук', 'facebook'],
      ['ватсап', 'whatsapp'],
      ['азаттық', 'azattyq'],
      ['Азаттык', 'azattyq'],
      ['вконтакте', 'vk'],
      ['Вконтакт', 'vk'],
      ['одноклассники', 'odnoklassniki'],
      ['однокласники', 'odnoklassniki'],
      ['вайбер', 'viber'],
      ['дискорд', 'discord'],
      ['зум', 'zoom'],
      ['Линкедин', 'linkedin'],
      ['тредс', 'threads'],
      ['фейстайм', 'imessage'],
      ['гугл мит', 'google-meet'],
      ['медуза', 'meduza'],
      ['nordvpn', 'nordvpn'],
      ['www.youtube.com', 'youtube'],
    ] as const)
      assert.equal(first(typed), service, typed)
  })

  it('finds networks by name and number', () => {
    for (const [typed, network] of [
      ['Қазақтелеком', 'AS9198'],
      ['Казахтелеком', 'AS9198'],
      ['kazakhtelekom', 'AS9198'],
      ['AS9198', 'AS9198'],
      ['9198', 'AS9198'],
      ['билайн', 'AS21299'],
      ['кселл', 'AS29355'],
    ] as const)
      assert.equal(first(typed), network, typed)
    assert.equal(readAsn('as 9198'), parseAsn(9198))
    assert.equal(readAsn('AS99999999999'), undefined)
    assert.equal(readAsn('Telegram 9198'), undefined)
  })

  it('finds nothing for what is nothing', () => {
    for (const typed of ['', '   ', '!!!', '<script>', 'щщщщщщщщщщ', '\u0000', '"', 'a'.repeat(100)]) {
      assert.deepEqual(finder.find(typed), [], typed)
      assert.equal(latin(typed).includes('<'), false)
    }
  })

  it('reads days as people write them, without a year the latest that is past', () => {
    const now = parseInstant('2026-11-30T12:00:00Z')
    for (const [typed, day] of [
      ['2026-10-20', '2026-10-20'],
      ['20.10.2026', '2026-10-20'],
      ['20.10', '2026-10-20'],
      ['20 October', '2026-10-20'],
      ['October 20, 2025', '2025-10-20'],
      ['20th october', '2026-10-20'],
      ['20 oct', '2026-10-20'],
      ['20 қазан', '2026-10-20'],
      ['20 қазанда', '2026-10-20'],
      ['2026 ж. 20 қазан', '2026-10-20'],
      ['20 октября', '2026-10-20'],
      ['20 октября 2024 г.', '2024-10-20'],
      ['октябрь 20', '2026-10-20'],
      ['5 декабря', '2025-12-05'],
      ['1 желтоқсан', '2025-12-01'],
    ] as const)
      assert.equal(readDay(typed, now), day, typed)
    for (const typed of ['', '32.10.2026', '31 қыркүйек', 'октябрь', '20', 'Telegram 20 October now', '2026', '9198'])
      assert.equal(readDay(typed, now), undefined, typed)
  })
})
