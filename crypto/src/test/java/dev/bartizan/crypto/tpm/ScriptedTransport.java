// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** A TPM that answers what the test says, whatever it is asked. */
final class ScriptedTransport implements TpmTransport {
  private final Deque<byte[]> answers = new ArrayDeque<>();
  private final List<byte[]> commands = new ArrayList<>();

  ScriptedTransport answer(byte[] response) {
    answers.add(response);
    return this;
  }

  /** A well-formed error response. */
  ScriptedTransport answer(int responseCode) {
    return answer(new TpmWriter().u16(0x8001).u32(10).u32(responseCode).toArray());
  }

  List<byte[]> commands() {
    return commands;
  }

  @Override
  public byte[] exchange(byte[] command) {
    commands.add(command);
    return answers.size() > 1 ? answers.remove() : answers.element();
  }

  @Override
  public void close() {}
}
