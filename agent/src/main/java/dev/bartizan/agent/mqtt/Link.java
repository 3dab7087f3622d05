// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.mqtt;

/** One device's way to its broker, which it keeps open by itself until it is closed. */
public interface Link extends AutoCloseable {
  /** Connects in the background, and keeps at it until closed. */
  void start();

  /**
   * Goes over to a new connection at its next calm moment: who this device is has changed. What is
   * under way is finished first; what is not sent yet waits for the new one.
   */
  void renew();

  /** {@link BrokerLink#CONNECTED}, or why not. */
  String state();

  @Override
  void close();
}
