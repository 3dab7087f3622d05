/** PLACEHOLDER */
@NullMarked
package dev.bartizan.fleet;

import org.jspecify.annotations.NullMarked;
