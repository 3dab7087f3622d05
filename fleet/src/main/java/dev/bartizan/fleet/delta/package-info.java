/**
 * Making differences between two versions of a file.
 *
 * <p>The format and its reader are {@link dev.bartizan.updater.delta}'s. This side only decides:
 * every way of rebuilding a section is tried, and the one that is really the smallest is kept, so
 * that no pair of files, however unlike, costs more than the plain compressed file and a few bytes.
 */
@NullMarked
package dev.bartizan.fleet.delta;

import org.jspecify.annotations.NullMarked;
