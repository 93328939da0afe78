/** Validates reports against the schemas of those who read them. */
import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import addFormatsModule from 'ajv-formats'
import { XmlDocument, XsdValidator } from 'libxml2-wasm'

const schema = (name: string) => readFileSync(new URL(`./schemas/${name}`, import.meta.url), 'utf8')
// The package is CommonJS whose default export is a member.
const addFormats = addFormatsModule as unknown as (ajv: Ajv) => void

/** A function that lists what is wrong with a value: JSON pointers and messages. */
function jsonValidator(name: string): (value: unknown) => string[] {
  // A pattern of the SARIF schema is no regular expression under the `u` flag.
  const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false })
  addFormats(ajv)
  const validate = ajv.compile(JSON.parse(schema(name)))
  return (value) =>
    validate(value) ? [] : validate.errors!.map((error) => `${error.instancePath} ${error.message}`)
}

export const sarifProblems = jsonValidator('sarif-2.1.0.json')
export const gitlabProblems = jsonValidator('gitlab-code-quality.json')

/** What is wrong with a JUnit report. */
export function junitProblems(xml: string): string[] {
  const document = XmlDocument.fromString(xml)
  const definition = XmlDocument.fromString(schema('jenkins-junit.xsd'))
  const validator = XsdValidator.fromDoc(definition)
  try {
    validator.validate(document)
    return []
  } catch (error) {
    return [(error as Error).message]
  } finally {
    for (const one of [validator, definition, document]) one.dispose()
  }
}
