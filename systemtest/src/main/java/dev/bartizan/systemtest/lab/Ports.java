// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.lab;

import dev.bartizan.crypto.TouchesTheWorld;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ThreadLocalRandom;

/** TCP ports on loopback. */
@TouchesTheWorld("the network, on loopback")
public final class Ports {
  private static final int LOWEST = 10_000;
  private static final int HIGHEST = 32_000;
  private static final int ATTEMPTS = 100;

  private Ports() {}

  /**
   * One that is free now, from below those that the kernel gives to connections: what is bound a
   * moment later must not have gone to one of them, or to another test's server.
   */
  public static int free() throws IOException {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (BindException taken) {
        // Another one, then.
      }
    }
    throw new IOException("no free port in " + ATTEMPTS + " attempts");
  }

  /** One that is free now, as the one after it is: a broker's, for devices and for operators. */
  public static int freePair() throws IOException {
    while (true) {
      int port = free();
      try (ServerSocket next = new ServerSocket(port + 1, 1, InetAddress.getLoopbackAddress())) {
        return next.getLocalPort() - 1;
      } catch (IOException taken) {
        // Another one, then.
      }
    }
  }

  /** Whether somebody listens. */
  public static boolean answers(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException nobody) {
      return false;
    }
  }
}
