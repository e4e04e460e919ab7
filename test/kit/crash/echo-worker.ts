// Worker thread for the tests of src/runtime/worker-pool.ts.
import { threadId, workerData } from 'node:worker_threads'
import { serveCalls } from '../../../src/runtime/serve-calls.ts'

const { greeting } = workerData as { greeting: string }

serveCalls({
  echo: (value) => ({ value: { greeting, value } }),
  thread: () => ({ value: threadId }),
  fail: (value) => {
    throw new Error(String(value))
  },
  exit: () => process.exit(3),
  /** Works on each item for as long as it says, of the processor; without end where that is Infinity. */
  work: (value, work) => {
    const items = value as readonly number[]
    for (const [nth, ms] of items.entries()) {
      work.item(nth, 0)
      const began = performance.now()
      while (performance.now() - began < ms);
    }
    return { value: items }
  },
  hoard: () => {
    const hoard: string[] = []
    for (;;) hoard.push(`${hoard.length}`.repeat(1000).split('').join('-'))
  },
})
