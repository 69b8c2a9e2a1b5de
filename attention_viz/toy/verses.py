"""A text for the language model to learn from, written for this: few words, that come back in other places."""

from __future__ import annotations

VERSES = """\
The cat came in and sat down on the mat.
The dog came in and sat down by the cat.
The hen came in and sat down by the dog.
The frog came in and sat down on a log.
What did the cat say? The cat said: it is late.
What did the dog say? The dog said: I can wait.
What did the hen say? The hen said: here is the key.
What did the frog say? The frog said: come with me.

The sun went down and the moon came up high.
The cat and the dog looked up at the sky.
The hen and the frog looked up at the light.
And all of them said: what a fine, fine night.

The rain came down and the wind came in.
The cat found a hat and the dog found a tin.
The hen found a pen and the frog found a cup.
The rain went away and the sun came up.
What did the cat say? The cat said: it is dry.
What did the dog say? The dog said: so am I.
What did the hen say? The hen said: let us run.
What did the frog say? The frog said: here is the sun.

The cat went out and ran up the hill.
The dog went out and the hill was still.
The hen went out and ran down the lane.
The frog went out and ran into the rain.
What did the cat see? The cat saw a bee.
What did the dog see? The dog saw a tree.
What did the hen see? The hen saw a fox.
What did the frog see? The frog saw a box.

The fox came in and sat down on the box.
What did the cat say? The cat said: a fox!
What did the dog say? The dog said: oh no.
What did the hen say? The hen said: I must go.
What did the fox say? The fox said: my friend,
I came for the song, and I stay to the end.

The sun went down and the moon came up high.
The cat and the fox looked up at the sky.
The dog and the frog looked up at the light.
And all of them said: what a fine, fine night.

The snow came down and the pond was white.
The cat found a coat and the coat was light.
The dog found a sled and the sled was red.
The hen found a nest and the nest was a bed.
The frog found a hole and the hole was deep.
The fox found a rug, and all fell asleep.
What did the moon see? The moon saw the snow.
What did the wind say? The wind said: I go.
What did the cat say? The cat said: it is late.
What did the dog say? The dog said: I can wait.

The rain went away and the sun came up.
The hen found a pan and the fox found a cup.
The frog came in and sat down on the mat.
The dog came in and sat down by the cat.
What did the fox say? The fox said: let us run.
What did the hen say? The hen said: here is the sun.
"""
"""About 2,400 characters, 33 different ones."""
