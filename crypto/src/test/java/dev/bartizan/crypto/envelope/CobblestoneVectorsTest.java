package dev.bartizan.crypto.envelope;
