/** The same list as a file for the back office. */
import { useState } from 'preact/hooks'

export function Csv({ address }: { address: string }) {
  const [fault, setFault] = useState('')
  const save = async () => {
    setFault('')
    try {
      const response = await fetch(address, { headers: { accept: 'text/csv' } })
      if (!response.ok) throw new Error(String(response.status))
      const link = document.createElement('a')
      link.href = URL.createObjectURL(await response.blob())
      link.download = 'mints.csv'
      link.click()
      URL.revokeObjectURL(link.href)
    } catch {
      setFault('The file could not be read to its end.')
    }
  }
  return (
    <span>
      <button type="button" class="button small" onClick={save}>
        Save as CSV
      </button>
      <span role="alert">{fault}</span>
    </span>
  )
}
