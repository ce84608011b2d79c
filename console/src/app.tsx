/** Which page is at which address. */
import { LocationProvider, Route, Router, lazy } from 'preact-iso'
import { consolePath, pagePath } from './base/place'
import { NotFound } from './pages/not-found'
import { Overview } from './pages/overview/overview'
import { begin, keyNeeded, startFault, who } from './session/session'
import { Shell } from './shell/shell'
import { SignIn } from './shell/sign-in'
import { ErrorBox, Skeleton } from './ui/states'

const Mints = lazy(() => import('./pages/mints/mints').then(({ Mints }) => Mints))
const NewMint = lazy(() => import('./pages/mint/new-mint').then(({ NewMint }) => NewMint))
const MintPage = lazy(() => import('./pages/mint/mint-page').then(({ MintPage }) => MintPage))
const Reserves = lazy(() => import('./pages/reserves/reserves').then(({ Reserves }) => Reserves))
const Compliance = lazy(() => import('./pages/compliance/compliance').then(({ Compliance }) => Compliance))
const Baskets = lazy(() => import('./pages/baskets/baskets').then(({ Baskets }) => Baskets))
const Verify = lazy(() => import('./pages/verify/verify').then(({ Verify }) => Verify))
const Transaction = lazy(() => import('./pages/transaction/transaction').then(({ Transaction }) => Transaction))

export function App() {
  return (
    <LocationProvider scope={consolePath}>
      <Shell>
        <Content />
      </Shell>
    </LocationProvider>
  )
}

function Content() {
  if (startFault.value !== undefined && who.value === undefined) {
    return <ErrorBox error={startFault.value} onRetry={begin} />
  }
  if (keyNeeded.value !== undefined) return <SignIn />
  if (who.value === undefined) return <Skeleton rows={4} />
  return (
    <Router>
      <Route path={pagePath('')} component={Overview} />
      <Route path={pagePath('mints')} component={Mints} />
      <Route path={pagePath('mint')} component={NewMint} />
      <Route path={pagePath('mints/:id')} component={MintPage} />
      <Route path={pagePath('reserves')} component={Reserves} />
      <Route path={pagePath('compliance')} component={Compliance} />
      <Route path={pagePath('baskets')} component={Baskets} />
      <Route path={pagePath('verify')} component={Verify} />
      <Route path={pagePath('tx/:hash')} component={Transaction} />
      <Route default component={NotFound} />
    </Router>
  )
}
