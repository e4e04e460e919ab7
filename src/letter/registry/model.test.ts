import assert from 'node:assert/strict'
import fc from 'fast-check'
import { after, before, describe, it } from 'node:test'
import { REGISTRY_KINDS, registryPlaces, WITHOUT_POSTGRES } from '../../../test/kit/stores/postgres.ts'
import { awaitingRow, countAct, restoreAct, sha, tokenRow, voidAct } from '../../../test/kit/stores/registry-rows.ts'
import type { SignatureState } from '../core/letter.ts'
import { instant } from '../../core/model/units.ts'
import type { LeafAct, LetterStore } from './contract.ts'
import { openLetterStore } from './open.ts'

/** What a signature is by the words of the contract, without a database. */
interface Modelled {
  readonly mailbox: string
  state: SignatureState
  token: boolean
  withdrawn: boolean
  leaf: number | null
}

const BOXES = ['x', 'y']
const NAMES = ['a', 'b', 'c', 'd', 'e']
const name = fc.constantFrom(...NAMES)
const step = fc.oneof(
  fc.record({ kind: fc.constant('accept' as const), name, box: fc.constantFrom(...BOXES) }),
  fc.record({ kind: fc.constant('confirm' as const), name }),
  fc.record({ kind: fc.constant('hold' as const), name, held: fc.boolean() }),
  fc.record({ kind: fc.constant('drop' as const), name }),
  fc.record({
    kind: fc.constant('append' as const),
    acts: fc.array(fc.record({ act: fc.constantFrom('count', 'void', 'withdraw', 'restore'), name }), {
      minLength: 1,
      maxLength: 3,
    }),
  }),
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

const CONFIRMED: readonly SignatureState[] = ['pending', 'held', 'counted']

class Model {
  signatures = new Map<string, Modelled>()
  size = 0

  isConfirmed(box: string): boolean {
    return [...this.signatures.values()].some((one) => one.mailbox === box && CONFIRMED.includes(one.state))
  }

  confirm(of: string): 'confirmed' | 'known' | 'none' {
    const one = this.signatures.get(of)
    if (one?.token !== true) return 'none'
    one.token = false
    if (one.state === 'void') return 'none'
    if (one.state !== 'awaiting' || this.isConfirmed(one.mailbox)) return 'known'
    one.state = 'pending'
    return 'confirmed'
  }

  /** False where the whole call fails: then nothing is changed. */
  append(acts: readonly { readonly act: string; readonly name: string }[]): boolean {
    const [before, size] = [structuredClone(this.signatures), this.size]
    for (const { act, name: of } of acts)
      if (!this.#change(act, this.signatures.get(of), this.size++)) {
        this.signatures = before
        this.size = size
        return false
      }
    return true
  }

  #change(act: string, one: Modelled | undefined, leaf: number): boolean {
    if (one === undefined) return false
    if (act === 'count') {
      if (one.state !== 'pending') return false
      Object.assign(one, { state: 'counted', leaf })
    } else if (act === 'restore') {
      if (one.state !== 'void' || one.withdrawn || this.isConfirmed(one.mailbox)) return false
      one.state = 'counted'
    } else {
      if (one.state !== 'counted') return false
      one.state = 'void'
      if (act === 'withdraw') Object.assign(one, { withdrawn: true, token: false })
    }
    return true
  }
}

const ACTS: Readonly<Record<string, (of: string) => LeafAct>> = {
  count: countAct,
  void: (of) => voidAct(of),
  withdraw: (of) => voidAct(of, true),
  restore: restoreAct,
}

async function take(store: LetterStore, model: Model, given: Step): Promise<void> {
  switch (given.kind) {
    case 'accept': {
      const kept = await store.accept([awaitingRow(given.name, given.box)], [tokenRow(given.name)])
      assert.equal(kept.size === 1, !model.signatures.has(given.name))
      if (kept.size === 1)
        model.signatures.set(given.name, {
          mailbox: given.box,
          state: 'awaiting',
          token: true,
          withdrawn: false,
          leaf: null,
        })
      return
    }
    case 'confirm':
      assert.equal(await store.confirm(tokenRow(given.name).token, instant(0)), model.confirm(given.name))
      return
    case 'hold': {
      const state = given.held ? 'held' : 'pending'
      await store.setState([sha(given.name)], state, given.held ? 'label' : null)
      const one = model.signatures.get(given.name)
      if (one?.state === 'pending' || one?.state === 'held') one.state = state
      return
    }
    case 'drop': {
      const state = model.signatures.get(given.name)?.state
      const drops = state === 'awaiting' || state === 'pending' || state === 'held'
      assert.equal(await store.drop([sha(given.name)]), Number(drops))
      if (drops) model.signatures.delete(given.name)
      return
    }
    case 'append': {
      const acts = given.acts.flatMap(({ act, name: of }) => ACTS[act]?.(of) ?? [])
      const first = model.size
      if (model.append(given.acts)) assert.equal(await store.append(acts), first)
      else await assert.rejects(store.append(acts))
    }
  }
}

async function compare(store: LetterStore, model: Model): Promise<void> {
  assert.equal(store.size, model.size)
  for (const of of NAMES) {
    const [row, one] = [await store.signature(sha(of)), model.signatures.get(of)]
    assert.equal(row?.state, one?.state)
    assert.equal(row?.leaf, one?.leaf)
    if (one !== undefined) assert.equal(row?.sealed === null, one.withdrawn)
  }
  for (const box of BOXES) assert.equal(await store.isConfirmed('open-net', box), model.isConfirmed(box))
}

for (const kind of REGISTRY_KINDS)
  describe(`Any order of acts, in ${kind}`, { skip: kind === 'postgres' && WITHOUT_POSTGRES }, () => {
    const places = registryPlaces(kind)
    before(places.begin)
    after(places.end)

    it('leaves signatures as the contract says, and never two of one mailbox that count', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
          await using store = await openLetterStore(await places.place())
          const model = new Model()
          for (const one of steps) await take(store, model, one)
          await compare(store, model)
        }),
        { numRuns: kind === 'sqlite' ? 200 : 15 },
      )
    })
  })
