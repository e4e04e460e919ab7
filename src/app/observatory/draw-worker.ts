import { renderDrawing, type Drawing } from '../../site/charts/drawing.ts'
import { serveCalls } from '../../runtime/serve-calls.ts'

serveCalls({ draw: (value) => ({ value: renderDrawing(value as Drawing) }) })
