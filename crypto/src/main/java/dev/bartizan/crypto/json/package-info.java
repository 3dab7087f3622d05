// SPDX-License-Identifier: Apache-2.0
/**
 * JSON from outside, read in one way only: {@link dev.bartizan.crypto.json.JsonReader}. (Requests
 * of local applications, which nobody signs, are read as a stream where they are answered.)
 *
 * <p>Guarantees: UTF-8, one document, no key twice, bounded depth and length; every accessor names
 * the member it refuses and never repeats more of the content than that. Not guaranteed: that the
 * members nobody asked for mean nothing; formats that forbid unknown members say so themselves.
 */
@NullMarked
package dev.bartizan.crypto.json;

import org.jspecify.annotations.NullMarked;
