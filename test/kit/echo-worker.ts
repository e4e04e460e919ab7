// Worker thread for the tests of src/sys/worker-pool.ts.
import { threadId, workerData } from 'node:worker_threads'
import { serveCalls } from '../../src/sys/serve-calls.ts'

const { greeting } = workerData as { greeting: string }

serveCalls({
  echo: (value) => ({ value: { greeting, value } }),
  thread: () => ({ value: threadId }),
  fail: (value) => {
    throw new Error(String(value))
  },
  exit: () => process.exit(3),
  hoard: () => {
    const hoard: string[] = []
    for (;;) hoard.push(`${hoard.length}`.repeat(1000).split('').join('-'))
  },
})
