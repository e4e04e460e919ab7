import { setPoster, type PosterAsked } from '../../documents/poster/poster.ts'
import { openPress } from '../../documents/typst/compile.ts'
import { setPaper, type Printed, type PrintOptions } from '../../documents/typst/set-paper.ts'
import type { Paper } from '../../documents/paper.ts'
import { serveCalls } from '../../runtime/serve-calls.ts'

const press = await openPress()

serveCalls({
  print: (value): { readonly value: Printed } => {
    if ('missing' in press) return { value: { kind: 'missing', missing: press.missing } }
    const { paper, options } = value as { readonly paper: Paper; readonly options: PrintOptions }
    return { value: { kind: 'printed', ...setPaper(press, paper, options) } }
  },
  poster: (value): { readonly value: Printed } =>
    'missing' in press
      ? { value: { kind: 'missing', missing: press.missing } }
      : { value: { kind: 'printed', ...setPoster(press, value as PosterAsked) } }, // sent by printing.ts alone
})
