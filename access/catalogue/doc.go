// Package catalogue has what AWS documents: actions, their resources and condition keys, and the names of AWS managed
// policies. The data are generated; the first line of each says from what.
package catalogue
