// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

/**
 * What journal and history agree on.
 *
 * @param components what is installed
 * @param head the end of the history
 */
public record InstalledState(Components components, HistoryHead head) {}
