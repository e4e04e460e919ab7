import type { ApiRoute } from './api-route.ts'
import { aggregation } from './aggregation-route.ts'
import { board } from './board-route.ts'
import { CHECK_ROUTES } from './check-routes.ts'
import { DOWNLOAD_ROUTES } from './download-routes.ts'
import { explored } from '../explore/api-route.ts'
import { episodes } from './episode-route.ts'
import { INCIDENT_ROUTES } from './incident-routes.ts'
import { MEASUREMENT_ROUTES } from './measurement-routes.ts'
import { NAME_ROUTES } from './name-routes.ts'
import { RECORD_ROUTES } from './record-routes.ts'
import { reports } from './report-route.ts'
import { reviews } from './review-route.ts'

/** Every address of the interface that reads, in the order of the description. */
export const API_ROUTES: readonly ApiRoute[] = [
  board,
  ...NAME_ROUTES,
  ...MEASUREMENT_ROUTES,
  explored,
  aggregation,
  ...INCIDENT_ROUTES,
  episodes,
  reviews,
  ...RECORD_ROUTES,
  reports,
  ...CHECK_ROUTES,
  ...DOWNLOAD_ROUTES,
]
