/**
 * JSON from outside, read in one way only.
 *
 * <p>Guarantees: UTF-8, one document, no key twice, bounded depth and length; every accessor names
 * the member it refuses and never repeats more of the content than that. Not guaranteed: that the
 * members nobody asked for mean nothing; formats that forbid unknown members say so themselves.
 */
@NullMarked
package dev.bartizan.crypto.json;

import org.jspecify.annotations.NullMarked;
