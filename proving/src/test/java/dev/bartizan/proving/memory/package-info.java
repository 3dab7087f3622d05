/** What is left of keys and weights in the daemon's memory and on the disk, looked for as root. */
@NullMarked
package dev.bartizan.proving.memory;

import org.jspecify.annotations.NullMarked;
