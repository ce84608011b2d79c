import { pagePath } from '../base/place'
import { Page } from '../ui/page'

export function NotFound() {
  return (
    <Page title="There is no such page" lead="The address may be mistyped, or be of another version of the console.">
      <p>
        <a class="button" href={pagePath('')}>
          To the overview
        </a>
      </p>
    </Page>
  )
}
