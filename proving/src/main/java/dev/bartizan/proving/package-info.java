/**
 * The proving ground: the demo, the end-to-end tests' parts and the benchmarks, on real parts on
 * loopback. Never shipped.
 */
@NullMarked
package dev.bartizan.proving;

import org.jspecify.annotations.NullMarked;
