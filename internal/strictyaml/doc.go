// Package strictyaml decodes YAML and JSON strictly: what is not known is refused, and every problem comes at once with
// its path, its position, the bad value, why it is bad and what to write instead.
//
// A program describes each key once: its name, the field that it sets, the Type of its values, what it means, its
// default with the reason, and an example (Keys, Key). The decoder reads by that description; the JSON Schema for
// editors (Object.Describe) and the reference in Markdown (KeysBelow, KeyDescription.Write) are made from the same.
//
// The package knows neither which keys there are nor what they mean. It reads no file.
package strictyaml
