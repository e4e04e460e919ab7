// The worker of src/pipeline/judge/judge-pool.ts for which some documents cost without end.
import './endless-parse.ts'
import '../../../src/pipeline/judge/judge-worker.ts'
