// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.system;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;
import dev.bartizan.crypto.TouchesTheWorld;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells systemd how the daemon fares (sd_notify(3)): datagrams to the socket named in the
 * environment, which Java's own Unix sockets cannot send.
 */
@TouchesTheWorld("the service manager's socket and environment")
public final class ServiceManager {
  private static final int AF_UNIX = 1;
  private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
  private static final int PATH_MAX = 107;

  /** The three calls of the C library that are needed. */
  interface C extends Library {
    int socket(int domain, int type, int protocol) throws LastErrorException;

    int sendto(int fd, byte[] message, long length, int flags, byte[] address, int addressLength)
        throws LastErrorException;

    int close(int fd) throws LastErrorException;
  }

  private final Consumer<String> notify;
  private final Optional<Duration> watchdog;

  /**
   * @param notify takes messages as sd_notify(3) has them
   * @param watchdog how long the manager bears silence, if it watches
   */
  public ServiceManager(Consumer<String> notify, Optional<Duration> watchdog) {
    this.notify = notify;
    this.watchdog = watchdog;
  }

  /** The manager that started this process; one that does not listen when there is none. */
  public static ServiceManager ofEnvironment() {
    String micros = System.getenv("WATCHDOG_USEC");
    String socket = System.getenv("NOTIFY_SOCKET");
    return new ServiceManager(
        message -> send(socket, message),
        Optional.ofNullable(micros)
            .filter(it -> it.matches("\\d{1,15}"))
            .map(it -> Duration.ofNanos(Long.parseLong(it) * 1000)));
  }

  /** How often {@link #alive} must be called at least, if somebody watches. */
  public Optional<Duration> watchdog() {
    return watchdog;
  }

  /** The daemon serves, or stands by for a reason that {@code status} tells. */
  public void ready(String status) {
    notify.accept("READY=1\nSTATUS=" + oneLine(status));
  }

  public void status(String status) {
    notify.accept("STATUS=" + oneLine(status));
  }

  public void alive() {
    notify.accept("WATCHDOG=1");
  }

  public void stopping() {
    notify.accept("STOPPING=1");
  }

  private static void send(@Nullable String socket, String message) {
    if (socket == null || socket.length() > PATH_MAX) {
      return;
    }
    byte[] address = address(socket);
    byte[] content = message.getBytes(StandardCharsets.UTF_8);
    try {
      C c = Native.load("c", C.class);
      int fd = c.socket(AF_UNIX, SOCK_DGRAM_CLOEXEC, 0);
      try {
        c.sendto(fd, content, content.length, 0, address, address.length);
      } finally {
        c.close(fd);
      }
    } catch (LastErrorException nobodyListens) {
      // The daemon serves all the same; systemd's own time limits notice the silence.
    }
  }

  /** sockaddr_un: family in host order, then the path; {@code @} stands for the abstract NUL. */
  private static byte[] address(String path) {
    byte[] name = path.getBytes(StandardCharsets.UTF_8);
    byte[] address = new byte[2 + name.length];
    address[0] = AF_UNIX;
    System.arraycopy(name, 0, address, 2, name.length);
    if (address[2] == '@') {
      address[2] = 0;
    }
    return address;
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\p{Cntrl}", " ");
  }
}
