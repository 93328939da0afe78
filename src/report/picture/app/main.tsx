import { render } from 'preact'
import { App } from './app.tsx'
import { dataOf } from './data.ts'

const data = dataOf(JSON.parse(document.getElementById('data')!.textContent!))
render(<App data={data} />, document.getElementById('app')!)
