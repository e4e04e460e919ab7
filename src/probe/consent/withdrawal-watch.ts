import { InputError } from '../../core/model/errors.ts'
import { consentedTiers, loadConsent } from './consent.ts'

/** How often a run or a delivery looks whether its owner still agrees. */
const TICK_MS = 1000

/** Why a run or a delivery ends: its owner no longer agrees. */
export class ConsentWithdrawn extends InputError {
  constructor() {
    super('Ended: consent was withdrawn', { code: 'consent.withdrawn', path: 'consent', expected: 'consent' })
  }
}

/** Calls `onWithdrawn` with the reason once consent that was there is there no more, so that nothing more is contacted. */
export async function openWithdrawalWatch(
  folder: string,
  onWithdrawn: (reason: ConsentWithdrawn) => void,
): Promise<Disposable> {
  const agrees = async (): Promise<boolean> => consentedTiers(await loadConsent(folder)).length > 0
  const agreed = await agrees()
  const timer = setInterval(() => {
    if (!agreed) return
    agrees().then(
      (still) => {
        if (!still) onWithdrawn(new ConsentWithdrawn())
      },
      () => undefined, // which says nothing: it is read again
    )
  }, TICK_MS)
  timer.unref()
  return { [Symbol.dispose]: () => clearInterval(timer) }
}
