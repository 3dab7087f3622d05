// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.fetch;

/**
 * One of several servers that have the same files. None is trusted more than another: what they
 * send is checked against signed metadata.
 *
 * @param name for people: its address
 */
public record Mirror(String name, Transport transport) {}
