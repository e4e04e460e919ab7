import { parentPort, workerData } from 'node:worker_threads'
import type { PartCall, PartResult } from './parts.ts'

const { name, quick } = workerData as PartCall // given by parts.ts alone

async function load(): Promise<{ readonly run: (options: { readonly quick: boolean }) => Promise<PartResult> }> {
  switch (name) {
    case 'cause':
      return await import('./cause.ts')
    case 'coincidence':
      return await import('./coincidence.ts')
    case 'throttling':
      return await import('./throttle.ts')
    case 'irregular':
      return await import('./irregular.ts')
    case 'plain':
      return await import('./plain.ts')
    case 'pooling':
      return await import('./pooling.ts')
    case 'raised':
      return await import('./raised.ts')
    case 'pairs':
      return await import('./pairs.ts')
    case 'devices':
      return await import('./devices.ts')
  }
}

const { run } = await load()
parentPort?.postMessage(await run({ quick }))
